"""The one host, by its name in the ssh_config of the benchmark, with the values of its site as data."""

import json
import os

with open(os.environ['BENCH_SITE'], encoding='utf-8') as opened:
    site = json.load(opened)

hosts = [(site['host'], {**site, 'ssh_strict_host_key_checking': 'yes', 'ssh_look_for_keys': False})]
