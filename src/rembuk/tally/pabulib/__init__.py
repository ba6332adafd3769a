"""Pabulib .pb files in and out (Faliszewski et al., IJCAI 2023): the only reader and writer of that format.

file = read(Path("x.pb"))            BadFile with file, line and reason when anything is wrong
file.election                        ready for count(); money in smallest units, `election.unit` per currency unit
file.selected, file.voters()         ids marked selected=1; all vote rows with every column, unknown ones too
text = write(election, selected=result.winners)      re-parsed before it is given back
"""

from rembuk.tally.pabulib.layout import BadFile, amount
from rembuk.tally.pabulib.reader import Pabulib, parse, read
from rembuk.tally.pabulib.writer import write

__all__ = ["BadFile", "Pabulib", "amount", "parse", "read", "write"]
