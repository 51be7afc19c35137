using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Azure.Hosting;
using Rekey.Checks;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Files;
using Rekey.Cli.Output.Items;
using Rekey.Cli.Server;
using Rekey.Core;
using Spectre.Console;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The command <c>rekey doctor</c>: checks what a deployment cannot guarantee, as the app sees it, and with <c>--environment</c>
/// as the operator sees it in Azure; with <c>--plan</c> what a deployment needs, as the person who deploys sees it.</summary>
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
        var names = new Option<string?>("--names")
        {
            Description = "With --plan: the snapshot of the parameter file (bicep snapshot). The names in it must be free.",
            HelpName = "file",
        };
        var subscription = new Option<string?>("--subscription")
        {
            Description = "With --plan or --environment: the id of the Azure subscription.",
            HelpName = "id",
        };
        var environment = new Option<string?>("--environment")
        {
            Description =
                "After a deployment: the name of the environment. Its partner topic, alert rules and policies are checked too, with "
                + "your own sign-in.",
            HelpName = "name",
        };
        var cloud = Formats.OneOf<AzureCloud>("--cloud", "With --subscription: the Azure cloud.", "an Azure cloud", values: "Clouds");
        var command = options.AddTo(new Command(Name, "Checks the deployment, as the app sees it, and says what to do."));
        command.Add(plan);
        command.Add(names);
        command.Add(environment);
        command.Add(subscription);
        command.Add(cloud);
        command.Validators.Add(result =>
        {
            var (isPlan, isDeployed) = (result.GetValue(plan), result.GetValue(environment) is not null);
            if ((isPlan && isDeployed) || (isPlan || isDeployed) != result.GetValue(subscription) is not null)
            {
                result.AddError("Give --subscription with either --plan or --environment, or none of them.");
            }
            else if (result.GetValue(names) is not null && !isPlan)
            {
                result.AddError("Give --names with --plan only.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var azure = new AzureOptions { Cloud = Formats.Of<AzureCloud>(parsed, cloud) };
                return (parsed.GetValue(subscription), parsed.GetValue(environment)) switch
                {
                    ({ } id, null) => Outcome.OfAsync(parsed, () =>
                        PlanAsync(parsed, options, id, parsed.GetValue(names), azure, cancellationToken)
                    ),
                    ({ } id, { } name) => OperatorRun.OfAsync(
                        parsed,
                        options,
                        "Operator",
                        async run => await ShowAsync(run, await AzureAsync(id, name, azure, cancellationToken), cancellationToken),
                        cancellationToken
                    ),
                    _ => OperatorRun.OfAsync(parsed, options, "Operator", run => ShowAsync(run, [], cancellationToken), cancellationToken),
                };
            }
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
        string? names,
        AzureOptions azure,
        CancellationToken cancellationToken
    )
    {
        var id = Id(subscription);
        var planned = names is null ? [] : PlannedNamesFile.Read(names, id, DeploymentReader.NamedTypes);
        using var reader = new DeploymentReader(azure, TimeProvider.System);
        var judged = PlanChecks.Judge(await reader.ReadAsync(id, planned, cancellationToken));
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

    /// <summary>Checks in Azure what the app has no right to read.</summary>
    private static async Task<IReadOnlyList<Check>> AzureAsync(
        string subscription,
        string environment,
        AzureOptions azure,
        CancellationToken cancellationToken
    )
    {
        if (environment.Length is < 2 or > 8 || !environment.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            throw new CannotContinueException(
                "environment-name",
                $"'{environment}' is not the name of an environment: 2 to 8 lower-case letters and digits.",
                "It is environmentName in the parameter file."
            );
        }

        using var reader = new DeploymentReader(azure, TimeProvider.System);
        return AzureChecks.Judge(await reader.ReadEnvironmentAsync(Id(subscription), environment, cancellationToken));
    }

    private static Guid Id(string subscription) =>
        Guid.TryParse(subscription, out var id)
            ? id
            : throw new CannotContinueException(
                "subscription-id",
                $"'{subscription}' is not the id of a subscription.",
                "Find it with: az account show --query id --output tsv"
            );

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

    private static async Task<int> ShowAsync(OperatorRun run, IReadOnlyList<Check> azure, CancellationToken cancellationToken)
    {
        var (checks, whole) = await ReadAsync(run.Client, cancellationToken);
        foreach (var check in ToJson(azure))
        {
            checks.Add(check!.DeepClone());
        }

        if (whole is JsonObject form && azure.Any(c => c.State is not CheckState.Ok))
        {
            form["isOk"] = false;
        }

        await run.WriteAsync(console => Write(console, checks), whole, checks);
        return checks.Count > 0 && checks.All(IsOk) ? Outcome.Clean : Outcome.FoundProblem;
    }

    private static bool IsOk(JsonNode? check) => check?["state"]?.ToString() is "Ok";
}
