using System.CommandLine;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The commands that call a running Rekey. Each collection has the same ones: <c>list</c>, <c>show</c>, and its changes.</summary>
internal static class OperatorCommands
{
    private const string Reader = "Reader";

    /// <summary>The filters by a person.</summary>
    private static readonly string[] People = ["person", "custodian"];

    public static IReadOnlyList<Command> Make(OperatorOptions options)
    {
        var changes = new ChangeCommands(options);
        return
        [
            StatusCommand.Make(options),
            DoctorCommand.Make(options),
            Group(options, ApiResources.Departures, "Departures of people: shows them, and reports one.", changes.ReportDeparture()),
            Group(options, ApiResources.Rotations, "Rotations of keys: shows them, and cancels one.", changes.CancelRotation()),
            Group(options, ApiResources.Keys, "The governed keys, their versions and custodians."),
            Group(options, ApiResources.Findings, "What Rekey found, and what to do.", changes.AcknowledgeFinding()),
            Group(
                options,
                ApiResources.Decisions,
                "Decisions that wait for an approver: shows and answers them.",
                changes.Answer(approves: true),
                changes.Answer(approves: false)
            ),
            changes.FindToken(),
            ExposureCommand.Make(options),
            Group(
                options,
                ApiResources.Blocks,
                "The blocklist: shows it, and proposes changes.",
                changes.AddBlock(),
                changes.RemoveBlock()
            ),
            changes.Stop(),
            changes.Start(),
        ];
    }

    /// <summary>The command <c>list</c> of a collection.</summary>
    public static Command List(OperatorOptions options, ApiResource resource) => MakeList(options, resource, new("list", resource.Summary));

    private static Command Group(OperatorOptions options, ApiResource resource, string description, params Command[] changes)
    {
        // A group alone lists.
        var group = MakeList(options, resource, new(resource.Group, description));
        group.Add(List(options, resource));
        group.Add(Show(options, resource));
        foreach (var change in changes)
        {
            group.Add(change);
        }

        return group;
    }

    private static Command MakeList(OperatorOptions options, ApiResource resource, Command command)
    {
        options.AddTo(command).Add(options.Limit);
        var filters = resource
            .Filters.Select(f => (f.Name, Option: new Option<string?>($"--{f.Name}") { Description = f.Description, HelpName = f.Name }))
            .ToList();
        filters.ForEach(f => command.Add(f.Option));
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                return OperatorRun.OfAsync(
                    parsed,
                    options,
                    Reader,
                    async run =>
                    {
                        var query = new List<string>();
                        foreach (var (name, option) in filters)
                        {
                            if (parsed.GetValue(option) is { } given)
                            {
                                var value = People.Contains(name) ? await run.PersonAsync(given) : given;
                                query.Add($"{name}={Uri.EscapeDataString(value)}");
                            }
                        }

                        var path = query.Count == 0 ? resource.Path : $"{resource.Path}?{string.Join('&', query)}";
                        return await run.ShowListAsync(resource, path);
                    },
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static Command Show(OperatorOptions options, ApiResource resource)
    {
        var id = new Argument<string>("id") { Description = resource.HasItems ? "Its id, from the list." : "Its id, or its name alone." };
        var command = options.AddTo(new Command("show", "Shows everything about one of them.") { id });
        if (resource.Inner is not null)
        {
            command.Add(options.Limit);
        }

        command.SetAction(
            (parsed, cancellationToken) =>
                OperatorRun.OfAsync(
                    parsed,
                    options,
                    Reader,
                    async run =>
                    {
                        var given = parsed.GetValue(id)!;
                        if (resource.HasItems)
                        {
                            return await run.ShowItemAsync(resource, await PathOfAsync(run, resource, given));
                        }

                        await run.ShowAsync(await run.KeyAsync(given));
                        return Outcome.Clean;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<string> PathOfAsync(OperatorRun run, ApiResource resource, string given) =>
        $"{resource.Group}/{Uri.EscapeDataString(resource == ApiResources.Rotations ? await RotationNames.IdOfAsync(run, given) : given)}";
}
