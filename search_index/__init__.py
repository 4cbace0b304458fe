"""Search over Vietnamese text: documents in, hits out.

`index.Index` is the door; `documents` holds what goes in and comes out. The package knows nothing of the
application that uses it: whatever is to be found is handed over as `documents.Document`.
"""
