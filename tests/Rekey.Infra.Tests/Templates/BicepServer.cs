using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Infra.Tests.Templates;

/// <summary>
/// The Bicep CLI as a server (<c>bicep jsonrpc</c>), which evaluates the second template in half the time of the first. Each serves one
/// test at a time. They end with the tests.
/// </summary>
internal sealed class BicepServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly ConcurrentBag<BicepServer> Idle = [];

    private readonly Process _process;
    private int _calls;

    private BicepServer()
    {
        _process = Process.Start(
            new ProcessStartInfo(Bicep.Command, ["jsonrpc", "--stdio"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
    }

    /// <summary>Evaluates a parameter file, and writes the snapshot beside it.</summary>
    public static async Task<(int Exit, string Output)> OverwriteAsync(string parameters, string subscription)
    {
        var server = Idle.TryTake(out var idle) ? idle : new BicepServer();
        JsonNode answer;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Patience);
            answer = await server.SnapshotAsync(parameters, subscription, limit.Token);
        }
        catch
        {
            server.End();
            throw;
        }

        Idle.Add(server);
        if (answer["result"]?["snapshot"]?.GetValue<string>() is { } snapshot)
        {
            await File.WriteAllTextAsync(
                $"{parameters[..^".bicepparam".Length]}.snapshot.json",
                snapshot,
                TestContext.Current.CancellationToken
            );
            return (0, "");
        }

        // The server says that a template does not compile, and not why: the command does.
        var message = answer["error"]!["message"]!.GetValue<string>();
        return message == "Compilation failed" ? await Bicep.RunAsync("build-params", parameters, "--stdout") : (1, answer.ToJsonString());
    }

    private async Task<JsonNode> SnapshotAsync(string parameters, string subscription, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = ++_calls,
            ["method"] = "bicep/getSnapshot",
            ["params"] = new JsonObject
            {
                ["path"] = Path.GetFullPath(parameters),
                ["metadata"] = new JsonObject
                {
                    ["subscriptionId"] = subscription,
                    ["tenantId"] = Bicep.Tenant,
                    ["location"] = Bicep.Location,
                    ["deploymentName"] = Bicep.Deployment,
                },
                ["externalInputs"] = null,
            },
        };
        var body = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(request);
        var input = _process.StandardInput.BaseStream;
        await input.WriteAsync(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n")),
            cancellationToken
        );
        await input.WriteAsync(body, cancellationToken);
        await input.FlushAsync(cancellationToken);
        return await AnswerAsync(_process.StandardOutput.BaseStream, cancellationToken);
    }

    /// <summary>One message: header lines, an empty line, and as many bytes as the header says.</summary>
    private static async Task<JsonNode> AnswerAsync(Stream output, CancellationToken cancellationToken)
    {
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await output.ReadExactlyAsync(one, cancellationToken);
            header.Append((char)one[0]);
        }

        var length = header
            .ToString()
            .Split("\r\n")
            .Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Split(':')[1];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await output.ReadExactlyAsync(body, cancellationToken);
        return JsonNode.Parse(body)!;
    }

    private void End()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
