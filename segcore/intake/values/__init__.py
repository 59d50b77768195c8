"""Values: texts to numbers, money, dates and labels."""
