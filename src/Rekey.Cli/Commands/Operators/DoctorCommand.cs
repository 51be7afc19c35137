using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Azure.Hosting;
using Rekey.Checks;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Output.Items;
using Rekey.Cli.Server;
using Rekey.Core;
using Spectre.Console;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The command <c>rekey doctor</c>: checks what a deployment cannot guarantee, as the app sees it; with <c>--plan</c> what a
/// deployment needs, as the person who deploys sees it.</summary>
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
        var plan = new Option<bool>("--plan")
        {
            Description = "Before a deployment: check what it needs of the subscription, with your own sign-in. No Rekey is called.",
        };
        var subscription = new Option<string?>("--subscription")
        {
            Description = "With --plan: the id of the Azure subscription.",
            HelpName = "id",
        };
        var cloud = Formats.OneOf<AzureCloud>("--cloud", "With --plan: the Azure cloud.", "an Azure cloud", values: "Clouds");
        var command = options.AddTo(new Command(Name, "Checks the deployment, as the app sees it, and says what to do."));
        command.Add(plan);
        command.Add(subscription);
        command.Add(cloud);
        command.Validators.Add(result =>
        {
            if (result.GetValue(plan) != result.GetValue(subscription) is not null)
            {
                result.AddError("Give both --plan and --subscription, or neither.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                parsed.GetValue(subscription) is { } id
                    ? Outcome.OfAsync(parsed, () =>
                        PlanAsync(parsed, options, id, new() { Cloud = Formats.Of<AzureCloud>(parsed, cloud) }, cancellationToken)
                    )
                    : OperatorRun.OfAsync(parsed, options, "Operator", run => ShowAsync(run, cancellationToken), cancellationToken)
        );
        return command;
    }

    /// <summary>Gives the checks in the form in which the app gives its own.</summary>
    internal static JsonArray ToJson(IReadOnlyList<Check> checks) =>
        [
            .. checks.Select(c => new JsonObject
            {
                ["name"] = c.Name,
                ["state"] = c.State.ToString(),
                ["says"] = c.Says,
                ["do"] = c.Do,
            }),
        ];

    private static async Task<int> PlanAsync(
        ParseResult parsed,
        OperatorOptions options,
        string subscription,
        AzureOptions azure,
        CancellationToken cancellationToken
    )
    {
        if (!Guid.TryParse(subscription, out var id))
        {
            throw new CannotContinueException(
                "subscription-id",
                $"'{subscription}' is not the id of a subscription.",
                "Find it with: az account show --query id --output tsv"
            );
        }

        using var reader = new DeploymentReader(azure, TimeProvider.System);
        var judged = PlanChecks.Judge(await reader.ReadAsync(id, cancellationToken));
        var isOk = judged.All(c => c.State is CheckState.Ok);
        var whole = new JsonObject
        {
            ["at"] = DateTimeOffset.UtcNow,
            ["isOk"] = isOk,
            ["checks"] = ToJson(judged),
        };
        var checks = whole["checks"]!.AsArray();
        await OperatorRun.WriteAsync(parsed, options, console => Write(console, checks), whole, checks);
        return isOk ? Outcome.Clean : Outcome.FoundProblem;
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
