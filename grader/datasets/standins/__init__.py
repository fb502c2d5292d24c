"""Data sets made by code, for where there is no network: learnable, and the same for the same seed.

Another processor may round a few pixels to the next grey level.
"""
