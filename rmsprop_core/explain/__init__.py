"""A run explained: a step as formulas with numbers, the code that ran, marks on its timeline, questions to answer."""
