"""From stored scores to a board: which runs compare, their cells, ranks, tables and figures."""
