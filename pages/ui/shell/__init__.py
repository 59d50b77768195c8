"""The shell around every page: the way in, navigation, header, the study of a tab and its address."""
