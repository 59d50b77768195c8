"""Results become pictures here: one figure a file, each a plotly Figure; nothing is computed but layout.

Every figure takes ``theme`` ("light" or "dark"), states its finding in ``title``, and carries the sentence for
people who cannot see it in ``figure.layout.meta["alt"]``.
"""
