"""Existing MySQL tables taken into the lake.

model      what feeds/capture.yaml can say      load       read it; mistakes with file and line
edit       write it, comments left alone        names      patterns against tables
take       what the commands do to it           source     the tables that MySQL has
preflight  what the binlog would not show       history    what the connector knows of columns
columns    MySQL's types in the lake               rehearse  a change of definition, tried
repair     rows that a comparison found different, set right
size       type and buckets of a large table
scans      readings, asked for and followed     follow     progress, and the wait for the end
"""
