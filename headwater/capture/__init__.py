"""Existing MySQL tables taken into the lake.

model      what feeds/capture.yaml can say      load    read it; mistakes with file, line and key
edit       write it, comments left alone         names   patterns against the tables that there are
"""
