"""Results leave the house here: spreadsheets and id lists, every cell of text through one escaping choke point."""

from segcore.language.file_names import file_name
from segcore.report.export.tables import as_text_cell, id_list, table_csv
from segcore.report.export.workbook import workbook

__all__ = ["as_text_cell", "file_name", "id_list", "table_csv", "workbook"]
