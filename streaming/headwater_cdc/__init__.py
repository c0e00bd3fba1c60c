"""The streaming job: one Spark application that keeps Hudi tables equal to MySQL tables.

Pure modules (standard library only): errors, config, names, avro, types, evolve, envelope, order,
state, catalog. With Spark: schemas, decode, apply, hudi, batch, glue, storage, table, job.
It never imports `headwater`: it is submitted as it is, locally and on EMR.
"""
