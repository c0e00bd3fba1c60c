output "arn" {
  description = "The cluster."
  value       = aws_msk_cluster.this.arn
}

output "name" {
  description = "Its name, by which CloudWatch knows it."
  value       = aws_msk_cluster.this.cluster_name
}

output "bootstrap_servers" {
  description = "Brokers for clients that sign in with IAM."
  value       = aws_msk_cluster.this.bootstrap_brokers_sasl_iam
}
