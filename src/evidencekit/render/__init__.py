"""Results to figures: numbers arrive computed, one module per kind of plot.

The way through a figure: a frozen description of what is to be seen
(``forest_types``), its geometry in points (``forest_layout`` and the modules
it calls; pure, no drawing), the drawing (``paint``: points to matplotlib
artists) and the files (``save``). Nothing here imports pyplot, and nothing
changes ``rcParams``.
"""
