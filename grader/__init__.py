"""Autograder for deep-learning courses: observe a submission in a sandbox, judge the observations."""

__version__ = "0.1.0"
