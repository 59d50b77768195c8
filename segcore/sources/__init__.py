"""Purchases that are not uploaded: tables of a PostgreSQL database, files and parquet folders on the server.

A source is copied once into a *snapshot* (``segcore.intake.files.snapshots``), a file in the uploads like any other; from
there on nothing knows where it came from. Only the columns that are needed travel, as text, and rows that are equal in
all of them travel once with their number: no sum is made on the way, so purchases read from a database equal, bit for
bit, those read from a file of the same rows.
"""
