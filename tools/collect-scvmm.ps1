#Requires -Version 5.1
<#
.SYNOPSIS
    Collects from System Center VMM what Clearway's packs read, into one file.

.DESCRIPTION
    THIS SCRIPT WAS NOT RUN WHERE IT WAS WRITTEN: there was no VMM there to run it on. A test of the project holds that it asks
    for every property that Clearway reads, and that it parses where PowerShell is installed. Read it before you run it.

    It only reads. It asks the VMM server for its hosts, clusters, virtual networks and virtual machines, keeps the properties
    that are listed below, and writes them as CLIXML (`.xml`) or JSON (`.json`), as the name of the file says. Name the file
    where Clearway expects an inventory: `inventory: vmm.xml` in a plan, or `clearway check --inventory vmm.xml`.

    What an object does not have, or what cannot be read of it, is left out, and is then unknown to Clearway. Nothing is
    guessed. Three things VMM cannot say are asked for elsewhere, each only where its switch is given.

.PARAMETER Path
    The file to write; it ends in `.xml` or in `.json`.

.PARAMETER VMMServer
    The VMM server.

.PARAMETER HardwareVirtualization
    Ask each host, by CIM, whether a hypervisor runs on it or its firmware has virtualization switched on.

.PARAMETER DomainTrusts
    Ask Active Directory which domains the hosts' domains trust: by `Get-ADTrust` where that is installed, else by .NET.

.PARAMETER ShareAccess
    Ask the file servers, by CIM, which hosts' computer accounts have access to the registered shares. Permissions of the
    share are looked at, those of the file system below it are not. Where a group decides, and it is not known who is in it,
    nothing is said of the host.

.EXAMPLE
    .\collect-scvmm.ps1 -VMMServer vmm01 -Path vmm.xml -HardwareVirtualization -DomainTrusts
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidatePattern('\.(xml|json)$')]
    [string] $Path,

    [string] $VMMServer = 'localhost',

    [switch] $HardwareVirtualization,

    [switch] $DomainTrusts,

    [switch] $ShareAccess
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# What is asked for, by kind of object. Properties that an object does not have are passed over: VMM gained some with the years.
$asked = @{
    'machine'     = @(
        'Name', 'ID', 'HostName', 'HostType', 'VirtualMachineState', 'VirtualMachineStateString', 'Status', 'StatusString',
        'VMCPath', 'Memory', 'IsHighlyAvailable', 'Generation', 'LimitCPUForMigration', 'Version', 'CheckpointLocation',
        'HasPassthroughDisk', 'HasSharedStorage', 'ShareSCSIBus', 'SANStatus',
        # Lists of objects: see below.
        'VMCheckpoints', 'PassThroughDisks', 'VirtualHardDisks', 'VirtualDiskDrives', 'VirtualDVDDrives',
        'VirtualFloppyDrive', 'VirtualNetworkAdapters',
        # No rule reads these yet; they cost nothing.
        'VMId', 'HasSavedState', 'IsUndergoingLiveMigration', 'HasVirtualFibreChannelAdapters',
        'DynamicMemoryEnabled', 'DynamicMemoryMaximumMB', 'SecureBootEnabled', 'UnsupportedReason'
    )
    'disk'        = @(
        'Name', 'ID', 'Location', 'SharePath', 'HostVolumeId', 'VHDType', 'VHDFormatType', 'Size', 'MaximumSize', 'Capacity',
        'ParentDisk'
    )
    'drive'       = @('VirtualHardDiskId', 'VirtualHardDisk', 'HasSharedStorage', 'BusType', 'IsVHD')
    'image drive' = @('Connection', 'ISO', 'ISOId', 'VirtualFloppyDisk')
    'image'       = @('Name', 'ID', 'SharePath', 'Size')
    'adapter'     = @('VirtualNetwork', 'VMNetwork', 'LogicalNetwork', 'VLanID')
    'host'        = @(
        'Name', 'ID', 'FullyQualifiedDomainName', 'HostCluster', 'DomainName', 'VirtualizationPlatform',
        'VirtualizationPlatformString', 'OperatingSystemVersion', 'OperatingSystemVersionString', 'HyperVVersion',
        'ProcessorManufacturer', 'ProcessorFamily', 'ProcessorModel', 'EnableLiveMigration', 'LiveMigrationMaximum',
        'LiveStorageMigrationMaximum', 'MigrationAuthProtocol', 'MigrationAuthProtocolString', 'MigrationPerformanceOption',
        'UseAnyMigrationSubnet', 'MigrationSubnet', 'CommunicationState', 'CommunicationStateString', 'MaintenanceHost',
        'AvailableForPlacement', 'TotalMemory', 'AvailableMemory', 'MemoryReserveMB', 'FibreChannelSANStatus',
        'ISCSISANStatus', 'NPIVFibreChannelSANStatus', 'DiskVolumes', 'RegisteredStorageFileShares'
    )
    'volume'      = @(
        'Name', 'ID', 'MountPoints', 'HostVolumeID', 'IsClusterSharedVolume', 'IsClustered', 'IsSANMigrationPossible',
        'Classification', 'Capacity', 'FreeSpace', 'FileSystem', 'IsAvailableForPlacement'
    )
    'share'       = @('Name', 'SharePath', 'Capacity', 'FreeSpace', 'IsManaged')
    'cluster'     = @('Name', 'ClusterName', 'DomainName', 'Nodes', 'SharedVolumes')
    'node'        = @('Name', 'ID')
    'network'     = @('Name', 'VMHost', 'VMHostName')
}

# Members that hold objects, and the kind of those. All others are written as a single value, or as a list of such.
$kinds = @{
    'machine'     = @{
        'PassThroughDisks'       = 'disk'
        'VirtualHardDisks'       = 'disk'
        'VirtualDiskDrives'      = 'drive'
        'VirtualDVDDrives'       = 'image drive'
        'VirtualFloppyDrive'     = 'image drive'
        'VirtualNetworkAdapters' = 'adapter'
    }
    'disk'        = @{ 'ParentDisk' = 'disk' }
    'drive'       = @{ 'VirtualHardDisk' = 'node' }
    'image drive' = @{ 'ISO' = 'image'; 'VirtualFloppyDisk' = 'image' }
    'host'        = @{ 'HostCluster' = 'cluster name'; 'DiskVolumes' = 'volume'; 'RegisteredStorageFileShares' = 'share' }
    'cluster'     = @{ 'Nodes' = 'node'; 'SharedVolumes' = 'volume' }
}
$asked['cluster name'] = @('Name', 'ClusterName')

# Members that are lists, even where PowerShell would make one element or none of them.
$lists = @(
    'VMCheckpoints', 'PassThroughDisks', 'VirtualHardDisks', 'VirtualDiskDrives', 'VirtualDVDDrives',
    'VirtualNetworkAdapters', 'SANStatus', 'DiskVolumes', 'RegisteredStorageFileShares', 'MountPoints', 'MigrationSubnet',
    'Nodes', 'SharedVolumes'
)

# A value that both formats write alike: numbers and truth values as they are, all else by its name.
function ConvertTo-Plain {
    param($Value)
    if ($null -eq $Value) { return $null }
    if ($Value -is [bool] -or $Value -is [string]) { return $Value }
    if ($Value -is [enum]) { return $Value.ToString() }
    if ($Value -is [ValueType] -and $Value.GetType().IsPrimitive) { return $Value }
    return $Value.ToString()
}

# What is asked for of an object, as an object of its own.
function Select-Asked {
    param($Object, [string] $Kind)
    $kept = [ordered]@{}
    foreach ($member in $asked[$Kind]) {
        $property = $Object.PSObject.Properties[$member]
        if ($null -eq $property) { continue }
        try {
            $value = $property.Value
        } catch {
            Write-Warning "$Kind '$Object': '$member' cannot be read and is left out: $_"
            continue
        }
        $below = $null
        if ($kinds.ContainsKey($Kind)) { $below = $kinds[$Kind][$member] }
        if ($lists -contains $member) {
            # Null is not an empty list: nobody knows then.
            if ($null -eq $value) { continue }
            $elements = New-Object System.Collections.ArrayList
            foreach ($element in @($value)) {
                if ($null -eq $element) { continue }
                if ($below) { [void] $elements.Add((Select-Asked $element $below)) }
                else { [void] $elements.Add((ConvertTo-Plain $element)) }
            }
            $kept[$member] = $elements.ToArray()
        } elseif ($below -and $null -ne $value) {
            $kept[$member] = Select-Asked $value $below
        } else {
            $kept[$member] = ConvertTo-Plain $value
        }
    }
    return [pscustomobject] $kept
}

# Whether the host can run virtual machines by its hardware; nothing where it does not answer.
function Test-HardwareVirtualization {
    param([string] $ComputerName)
    try {
        $system = Get-CimInstance -ComputerName $ComputerName -ClassName Win32_ComputerSystem
        # Below a hypervisor the processor does not tell; that there is one tells.
        if ($system.HypervisorPresent) { return $true }
        $processors = @(Get-CimInstance -ComputerName $ComputerName -ClassName Win32_Processor)
        return @($processors | Where-Object { -not $_.VirtualizationFirmwareEnabled }).Count -eq 0
    } catch {
        Write-Warning "host '$ComputerName' does not tell whether it supports hardware virtualization: $_"
        return $null
    }
}

# The domains that a domain trusts; nothing where nobody answers.
function Get-TrustedDomain {
    param([string] $Domain)
    try {
        if (Get-Command -Name Get-ADTrust -ErrorAction SilentlyContinue) {
            $trusts = @(Get-ADTrust -Filter * -Server $Domain)
            return , @($trusts | Where-Object { "$($_.Direction)" -in 'Outbound', 'BiDirectional' } | ForEach-Object { "$($_.Target)" })
        }
        $context = New-Object System.DirectoryServices.ActiveDirectory.DirectoryContext('Domain', $Domain)
        $trusts = [System.DirectoryServices.ActiveDirectory.Domain]::GetDomain($context).GetAllTrustRelationships()
        return , @($trusts | Where-Object { "$($_.TrustDirection)" -in 'Outbound', 'Bidirectional' } | ForEach-Object { "$($_.TargetName)" })
    } catch {
        Write-Warning "domain '$Domain' does not tell whom it trusts: $_"
        return $null
    }
}

# Whether a share lets a host in: $true, $false, or nothing where that is not to be told from its permissions.
function Test-ShareAccess {
    param([object[]] $Permissions, [string] $HostName, [string] $HostDomain)
    $short = $HostName.Split('.')[0]
    $netbios = $HostDomain.Split('.')[0]
    $everyone = 'Everyone', 'NT AUTHORITY\Authenticated Users', "$netbios\Domain Computers"
    $groups = $false
    foreach ($permission in $Permissions) {
        if ("$($permission.AccessControlType)" -ne 'Allow') { return $null }
        if ("$($permission.AccessRight)" -notin 'Full', 'Change') { continue }
        $account = "$($permission.AccountName)"
        if ($account -eq "$netbios\$short`$" -or $everyone -contains $account) { return $true }
        if (-not $account.EndsWith('$')) { $groups = $true }
    }
    if ($groups) { return $null }
    return $false
}

Import-Module -Name VirtualMachineManager
$server = Get-SCVMMServer -ComputerName $VMMServer

Write-Verbose 'hosts'
$vmHosts = @(Get-SCVMHost -VMMServer $server)
$hosts = @($vmHosts | ForEach-Object { Select-Asked $_ 'host' })

Write-Verbose 'clusters'
$clusters = @(Get-SCVMHostCluster -VMMServer $server | ForEach-Object { Select-Asked $_ 'cluster' })

Write-Verbose 'virtual networks'
$networks = @($vmHosts | ForEach-Object { Get-SCVirtualNetwork -VMHost $_ } | ForEach-Object { Select-Asked $_ 'network' })

Write-Verbose 'virtual machines'
$machines = @(Get-SCVirtualMachine -VMMServer $server -All | ForEach-Object { Select-Asked $_ 'machine' })

$export = [ordered]@{
    collector = [pscustomobject] @{ Name = 'collect-scvmm'; Time = (Get-Date).ToUniversalTime().ToString('o') }
    hosts     = $hosts
    clusters  = $clusters
    vnets     = $networks
    vms       = $machines
}

if ($HardwareVirtualization) {
    foreach ($vmHost in $hosts) {
        $supports = Test-HardwareVirtualization $vmHost.Name
        if ($null -ne $supports) { $vmHost | Add-Member -NotePropertyName HardwareVirtualization -NotePropertyValue $supports }
    }
}

if ($DomainTrusts) {
    $names = @($hosts | Where-Object { $_.PSObject.Properties['DomainName'] } | ForEach-Object { $_.DomainName } | Where-Object { $_ } | Sort-Object -Unique)
    $domains = New-Object System.Collections.ArrayList
    foreach ($name in $names) {
        $trusts = Get-TrustedDomain $name
        $domain = [ordered]@{ Name = $name }
        if ($null -ne $trusts) { $domain['Trusts'] = @($trusts) }
        [void] $domains.Add([pscustomobject] $domain)
    }
    $export['domains'] = $domains.ToArray()
}

if ($ShareAccess) {
    $permissions = @{}
    foreach ($vmHost in $hosts) {
        if (-not ($vmHost.PSObject.Properties['RegisteredStorageFileShares'] -and $vmHost.PSObject.Properties['DomainName'])) { continue }
        $granted = New-Object System.Collections.ArrayList
        $decided = $true
        foreach ($share in $vmHost.RegisteredStorageFileShares) {
            $parts = "$($share.SharePath)".TrimStart('\').Split('\')
            if (-not $permissions.ContainsKey($share.SharePath)) {
                try {
                    $session = New-CimSession -ComputerName $parts[0]
                    $permissions[$share.SharePath] = @(Get-SmbShareAccess -CimSession $session -Name $parts[1])
                    Remove-CimSession $session
                } catch {
                    Write-Warning "share '$($share.SharePath)' does not tell whom it lets in: $_"
                    $permissions[$share.SharePath] = $null
                }
            }
            $answer = $null
            if ($null -ne $permissions[$share.SharePath]) {
                $answer = Test-ShareAccess $permissions[$share.SharePath] $vmHost.Name $vmHost.DomainName
            }
            if ($null -eq $answer) { $decided = $false }
            elseif ($answer) { [void] $granted.Add($share.SharePath) }
        }
        # The list says of every other share that it does not let the host in, so it is written whole or not at all.
        if ($decided) { $vmHost | Add-Member -NotePropertyName SmbAccess -NotePropertyValue $granted.ToArray() }
    }
}

if ($Path -like '*.json') {
    [pscustomobject] $export | ConvertTo-Json -Depth 12 -Compress | Out-File -FilePath $Path -Encoding utf8
} else {
    [pscustomobject] $export | Export-Clixml -Path $Path -Depth 12
}
Write-Verbose "$($hosts.Count) hosts, $($clusters.Count) clusters and $($machines.Count) machines are in '$Path'"
