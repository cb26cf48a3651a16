"""The constructs from Python: an interpreter, and a batch that runs every night and when files are uploaded."""

import pathlib

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from cdk_agentcore_code_interpreter import (
    AnalysisInput,
    AnalysisScript,
    BatchAnalysis,
    CodeInterpreter,
    SessionSetup,
    StagingBucket,
)

HERE = pathlib.Path(__file__).parent


class SalesStack(cdk.Stack):
    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        interpreter = CodeInterpreter(
            self, "Interpreter", staging=StagingBucket.create(retention=cdk.Duration.days(90))
        )
        batch = BatchAnalysis(
            self,
            "Sales",
            interpreter=interpreter,
            script=AnalysisScript.from_asset(str(HERE / "analyses/sales.py"), parameters={"currency": "EUR"}),
            input=AnalysisInput.from_prefix("incoming/", suffixes=[".csv"]),
            setup=SessionSetup(folder=str(HERE / "analyses/setup")),
            tolerated_failure_percentage=5,
        )
        batch.add_schedule(
            "Nightly",
            schedule=scheduler.ScheduleExpression.cron(
                hour="2", minute="0", time_zone=cdk.TimeZone.EUROPE_ZURICH
            ),
        )
        batch.add_upload_trigger("Uploads", suffixes=[".csv"])
        cdk.CfnOutput(self, "StateMachineArn", value=batch.state_machine.state_machine_arn)


app = cdk.App()
SalesStack(app, "Sales")
app.synth()
