"""A run explained: a step as formulas with numbers, marks on its timeline, the memory in s, questions to answer."""
