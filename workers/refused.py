"""What keeps a worker from starting."""

from __future__ import annotations

from workflow.refusals import Refusal


class WorkersNeedPostgresql(Refusal):
    """duban worker 只用于 PostgreSQL；单机库由 duban serve 一个进程处理全部工作。要增加进程请先执行 duban move。"""

    code = "workers-need-postgresql"


class WorkerCutOff(Refusal):
    """worker 已停止：{reason}。手头未完成的工作由其他 worker 接手，请重新启动。"""

    code = "worker-cut-off"
