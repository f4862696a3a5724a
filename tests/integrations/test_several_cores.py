"""joblib over several cores and machines gives the probabilities of a plain loop."""

from __future__ import annotations

import pytest
from joblib import Parallel, delayed, parallel_config

from netralitas_nlp import Scorer


def score_part(texts):
    return Scorer.load().predict_proba(texts)[:, 1].tolist()


@pytest.fixture(scope="module")
def parts(posts):
    return [posts[0][i : i + 15] for i in range(0, 60, 15)]


def scored(backend, parts):
    with parallel_config(backend=backend):
        return Parallel(n_jobs=2)(delayed(score_part)(part) for part in parts)


@pytest.mark.parametrize("backend", ["sequential", "threading", "loky"])
def test_backends_of_joblib(backend, parts):
    assert scored(backend, parts) == [score_part(part) for part in parts]


@pytest.mark.filterwarnings("ignore")  # its own, of ports and sockets
def test_dask(parts, tmp_path):
    distributed = pytest.importorskip(
        "distributed", reason="NOT CHECKED with Dask: pip install 'dask[distributed]'"
    )
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1",
        local_directory=str(tmp_path),
    )  # fmt: skip
    with cluster, distributed.Client(cluster):
        assert scored("dask", parts) == [score_part(part) for part in parts]


@pytest.mark.filterwarnings("ignore")  # its own, of options that joblib gives it
def test_ray(parts):
    ray = pytest.importorskip("ray", reason="NOT CHECKED with Ray: pip install ray")
    from ray.util.joblib import register_ray

    ray.init(num_cpus=2, include_dashboard=False)
    try:
        register_ray()
        assert scored("ray", parts) == [score_part(part) for part in parts]
    finally:
        ray.shutdown()
