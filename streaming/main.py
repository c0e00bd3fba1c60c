"""What spark-submit runs: `spark-submit … main.py --config s3://…/streaming.json`."""

from headwater_cdc.job import main

if __name__ == "__main__":
    main()
