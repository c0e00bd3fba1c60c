/**
 * Kafka Connect data as Avro single-object encoding, with the schemas in a compacted topic.
 *
 * <p>{@link io.headwater.connect.AvroSingleObjectConverter} is what a worker loads. It turns a
 * Connect schema into an Avro schema ({@code AvroSchemas}) and into a writer ({@code Writers}),
 * both once per schema, and announces the schema ({@code SchemaTopic}) before its first message.
 */
package io.headwater.connect;
