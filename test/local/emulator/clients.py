"""Runs the published Python clients against the emulator, and prints what came back as one JSON object."""

import json
import sys

import boto3
from bedrock_agentcore.tools.code_interpreter_client import CodeInterpreter, code_session
from strands_tools.code_interpreter import AgentCoreCodeInterpreter
from strands_tools.code_interpreter import models


def with_boto3():
    data = boto3.client("bedrock-agentcore", region_name="us-east-1")
    control = boto3.client("bedrock-agentcore-control", region_name="us-east-1")
    created = control.create_code_interpreter(name="fromBoto", networkConfiguration={"networkMode": "SANDBOX"})
    identifier = created["codeInterpreterId"]
    session = data.start_code_interpreter_session(codeInterpreterIdentifier=identifier, name="boto")["sessionId"]

    def call(name, **arguments):
        answer = data.invoke_code_interpreter(
            codeInterpreterIdentifier=identifier, sessionId=session, name=name, arguments=arguments
        )
        return [event["result"] for event in answer["stream"]]

    hello = call("executeCode", language="python", code="print('Hello')")
    call("writeFiles", content=[{"path": "a.bin", "blob": b"\x00\xff"}])
    blob = call("readFiles", paths=["a.bin"])[0]["content"][0]["resource"]["blob"]
    error = call("executeCode", language="python", code="1/0")[0]
    image = call("executeCode", language="python", code="import matplotlib.pyplot as p\np.plot([1])\np.show()")[0]
    task = call("startCommandExecution", command="echo task")[0]["structuredContent"]["taskId"]
    while True:
        found = call("getTask", taskId=task)[0]["structuredContent"]
        if found["taskStatus"] not in ("submitted", "working"):
            break
    try:
        data.start_code_interpreter_session(codeInterpreterIdentifier="nobody-0123456789")
        missing = "started"
    except data.exceptions.ResourceNotFoundException as failure:
        missing = failure.response["Error"]["Code"]
    names = [one["name"] for one in control.list_code_interpreters(type="CUSTOM")["codeInterpreterSummaries"]]
    data.stop_code_interpreter_session(codeInterpreterIdentifier=identifier, sessionId=session)
    status = data.get_code_interpreter_session(codeInterpreterIdentifier=identifier, sessionId=session)["status"]
    control.delete_code_interpreter(codeInterpreterId=identifier)
    return {
        "hello": hello[0]["content"],
        "events": len(hello),
        "blob": list(blob),
        "error": error["isError"],
        "png": image["content"][0]["data"][1:4].decode(),
        "task": found["stdout"],
        "missing": missing,
        "names": names,
        "status": status,
    }


def with_bedrock_agentcore():
    with code_session("us-east-1") as client:
        first = [event["result"] for event in client.execute_code("kept = 6 * 7")["stream"]]
        second = [event["result"] for event in client.execute_code("print(kept)")["stream"]]
        client.upload_file("data.csv", "a,b\n1,2\n")
        text = client.download_file("data.csv")
        client.upload_file("data.bin", b"\x00\xfe")
        binary = client.download_file("data.bin")
        command = [event["result"] for event in client.execute_command("cat data.csv")["stream"]]
        client.clear_context()
        cleared = [event["result"] for event in client.execute_code("'kept' in globals()")["stream"]]
    return {
        "first": first[0]["isError"],
        "second": second[0]["content"],
        "text": text,
        "binary": list(binary),
        "command": command[0]["structuredContent"]["stdout"],
        "cleared": cleared[0]["content"],
    }


def with_strands():
    tool = AgentCoreCodeInterpreter(region="us-east-1")
    started = tool.init_session(models.InitSessionAction(type="initSession", description="d", session_name="s1"))
    hello = tool.execute_code(
        models.ExecuteCodeAction(type="executeCode", session_name="s1", code="print('Hi')", language="python")
    )
    written = tool.write_files(
        models.WriteFilesAction(
            type="writeFiles", session_name="s1", content=[models.FileContent(path="t.txt", text="x")]
        )
    )
    listed = tool.list_files(models.ListFilesAction(type="listFiles", session_name="s1", path="."))
    error = tool.execute_code(
        models.ExecuteCodeAction(type="executeCode", session_name="s1", code="1/0", language="python")
    )
    tool.cleanup_platform()
    return {
        "started": started["status"],
        "hello": hello,
        "written": written["status"],
        "listed": str(listed),
        "error": error["status"],
    }


print(json.dumps({"boto3": with_boto3(), "agentcore": with_bedrock_agentcore(), "strands": with_strands()}))
sys.stdout.flush()
