using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Cli.Output.Items;
using Rekey.Cli.Server;
using Spectre.Console;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The command <c>rekey doctor</c>: checks what a deployment cannot guarantee, as the app sees it.</summary>
internal static class DoctorCommand
{
    public const string Name = "doctor";

    private static readonly ItemColumn[] Columns =
    [
        ItemColumn.At("check", "name"),
        ItemColumn.At("state", "state"),
        ItemColumn.At("what Rekey sees", "says"),
        ItemColumn.At("what to do", "do"),
    ];

    public static Command Make(OperatorOptions options)
    {
        var command = options.AddTo(new Command(Name, "Checks the deployment, as the app sees it, and says what to do."));
        command.SetAction(
            (parsed, cancellationToken) =>
                OperatorRun.OfAsync(parsed, options, "Operator", run => ShowAsync(run, cancellationToken), cancellationToken)
        );
        return command;
    }

    /// <summary>Reads the checks.</summary>
    internal static async Task<(JsonArray Checks, JsonNode? Whole)> ReadAsync(ServerClient client, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(ServerRequest.Read(Name), cancellationToken);
        return (answer.Body?["checks"] as JsonArray ?? [], answer.Body);
    }

    /// <summary>Writes the checks for people.</summary>
    internal static void Write(IAnsiConsole console, JsonArray checks)
    {
        ItemTable.Write(console, Columns, checks);
        var (noun, open) = (checks.Count == 1 ? "check" : "checks", checks.Count(c => !IsOk(c)));
        console.WriteLine(
            checks.Count == 0 ? "Rekey gave no checks."
            : open == 0 ? $"{checks.Count:N0} {noun}, all ok."
            : $"{checks.Count:N0} {noun}, {open:N0} not ok."
        );
    }

    private static async Task<int> ShowAsync(OperatorRun run, CancellationToken cancellationToken)
    {
        var (checks, whole) = await ReadAsync(run.Client, cancellationToken);
        await run.WriteAsync(console => Write(console, checks), whole, checks);
        return checks.Count > 0 && checks.All(IsOk) ? Outcome.Clean : Outcome.FoundProblem;
    }

    private static bool IsOk(JsonNode? check) => check?["state"]?.ToString() is "Ok";
}
