"""Articles -> a snapshot on disk that can be searched: vectors, BM25, and a store of texts."""
