"""Files as shops, spreadsheets and database tools really write them, each made by code with what is true about it."""
