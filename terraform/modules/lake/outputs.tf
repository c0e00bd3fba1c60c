output "bucket" {
  description = "The lake's bucket."
  value       = aws_s3_bucket.this["lake"].bucket
}

output "bucket_arn" {
  description = "Its ARN."
  value       = aws_s3_bucket.this["lake"].arn
}

output "artifacts_bucket" {
  description = "Bucket of packages."
  value       = aws_s3_bucket.this["artifacts"].bucket
}

output "artifacts_bucket_arn" {
  description = "Its ARN."
  value       = aws_s3_bucket.this["artifacts"].arn
}

output "logs_bucket" {
  description = "Bucket of access logs."
  value       = aws_s3_bucket.this["logs"].bucket
}

output "workgroup" {
  description = "Athena's work group."
  value       = aws_athena_workgroup.this.name
}

output "workgroup_arn" {
  description = "Its ARN."
  value       = aws_athena_workgroup.this.arn
}
