//! Codes about plans and inventories.

crate::diag::code::codes! { Input;
    ENCODING = "CW301", "a file is not UTF-8 text";
    SYNTAX = "CW302", "the text breaks the rules of its format";
    EMPTY = "CW303", "a document has no content";
    ROOT = "CW304", "a document is not a mapping";
    DOUBLED_KEY = "CW305", "a key stands twice in one mapping";
    KEY_KIND = "CW306", "a key is not a text";
    TAG = "CW307", "a tag means nothing here";
    DOCUMENTS = "CW308", "several documents in one file";
    UNKNOWN_KEY = "CW310", "a key that nothing declares";
    WRONG_TYPE = "CW311", "a value does not fit its field";
    NULL = "CW312", "a field cannot be null";
    NO_KEY = "CW313", "a row has no name";
    DOUBLED_ROW = "CW314", "two rows of one file have one name";
    UNKNOWN_NAME = "CW315", "a name that nothing bears";
    AMBIGUOUS_NAME = "CW316", "a name that several things bear";
    REQUIRED = "CW317", "a plan leaves out what it must say";
    DOUBLED_STEP = "CW320", "two steps have one id";
    SAME_MACHINE = "CW321", "two steps of a wave move one machine";
    WAIVER = "CW322", "a waiver is incomplete or waives nothing that is there";
    TABLE = "CW323", "a CSV file has the wrong columns";
    ASSUMPTION = "CW324", "an assumption is incomplete";
    EXPORT = "CW330", "an SCVMM export has an unexpected shape";
    NO_OBJECTS = "CW331", "a file of PowerShell's objects holds none of VMM";
    WORKBOOK = "CW340", "a workbook cannot be read";
    RVTOOLS = "CW341", "an RVTools export lacks what it has to say";
    RVTOOLS_CELL = "CW342", "a field of an RVTools export has an unexpected value";
    RVTOOLS_ROW = "CW343", "a row of an RVTools export belongs to no machine, or to several";
    RVTOOLS_LEFT_OUT = "CW344", "what an RVTools export does not say of its machines";
    UNKNOWN_MARK = "CW345", "a list of what is not known is none";
    DEMAND = "CW390", "a demand on the input does not hold";
}
