-- Run once, when PostgreSQL is empty. Our tables never share a database with Prefect's.
CREATE DATABASE prefect;
