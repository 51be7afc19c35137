using Rekey.Local.Interactive;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Local.Replay;

/// <summary>Starts the company, plays the breach, and then stays up or exits with the result.</summary>
internal static class ReplayCommand
{
    /// <returns>0 when every expectation held, 1 when not.</returns>
    public static async Task<int> RunAsync(bool exit, int port, string? appRoot, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var timeline = new Timeline(console);
        console.WriteLine("Rekey: the breach, replayed. Everything below runs on this machine, over the real protocols.");
        console.WriteLine("Times are seconds since the start.");

        var options = new WorldOptions { Keys = Story.Keys, AppRoot = appRoot };
        await using (
            var off = await StartAsync(
                timeline,
                options with
                {
                    Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Rekey__Stopped"] = "true" },
                },
                "starting a company whose Rekey is switched off",
                cancellationToken
            )
        )
        {
            timeline.Act("First: the breach with Rekey switched off");
            await using var gateway = await Gateway.StartAsync(off, new(off), cancellationToken);
            await new Story(off, timeline).PlayWithoutRekeyAsync(gateway, cancellationToken);
        }

        timeline.Act("Second: Rekey comes late and finds the breach");
        using (var logs = new PastLogs())
        {
            await using var late = await StartAsync(
                timeline,
                options with
                {
                    Settings = logs.Settings,
                },
                "starting a company whose key was stolen months ago",
                cancellationToken
            );
            await using var gateway = await Gateway.StartAsync(late, new(late), cancellationToken);
            await new LateStory(late, timeline, logs).PlayAsync(gateway, cancellationToken);
        }

        timeline.Act("Third: the breach with Rekey in place");
        await using var interactive = await timeline.DoAsync("starting the same company, with Rekey", progress =>
            InteractiveWorld.StartAsync(options with { Port = port, Progress = progress }, cancellationToken)
        );
        var world = interactive.World;
        await new Story(world, timeline).PlayAsync(interactive.Gateway, cancellationToken);
        await new Story(world, timeline).PlayUsedAsync(cancellationToken);
        await new AccessStory(world, timeline).PlayAsync(cancellationToken);
        Conclude(timeline, console);

        if (!exit)
        {
            await StayAsync(interactive, console, cancellationToken);
        }

        return timeline.Failures.Count == 0 ? 0 : 1;
    }

    private static Task<World> StartAsync(Timeline timeline, WorldOptions options, string what, CancellationToken cancellationToken) =>
        timeline.DoAsync(what, progress => World.StartAsync(options with { Progress = progress }, cancellationToken));

    private static void Conclude(Timeline timeline, IAnsiConsole console)
    {
        console.WriteLine();
        if (timeline.Failures.Count == 0)
        {
            console.WriteLine($"All {timeline.Checked} expectations held.");
            return;
        }

        console.WriteLine($"{timeline.Failures.Count} of {timeline.Checked} expectations did not hold:");
        foreach (var failure in timeline.Failures)
        {
            console.WriteLine($"  {failure}");
        }
    }

    /// <summary>Takes commands of <c>rekey local</c> until this program is asked to end.</summary>
    private static async Task StayAsync(InteractiveWorld interactive, IAnsiConsole console, CancellationToken cancellationToken)
    {
        await using var admin = await AdminServer.StartAsync(interactive, cancellationToken);
        var state = interactive.StateFor(admin);
        void Show()
        {
            state = interactive.StateFor(admin);
            state.Write();
            Addresses(interactive, console);
            foreach (var line in NextSteps.Of(interactive))
            {
                // Commands are to be pasted: one line each, never wrapped.
                console.Profile.Out.Writer.WriteLine(line);
            }

            console.WriteLine("Everything stays up. Ctrl+C ends it.");
        }

        interactive.AfterReset = Show;
        try
        {
            Show();
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            state.Delete();
        }
    }

    private static void Addresses(InteractiveWorld interactive, IAnsiConsole console)
    {
        var world = interactive.World;
        console.WriteLine();
        foreach (
            var (name, value) in new (string, object)[]
            {
                ("Rekey", world.HostAddress),
                ("JWKS of 'shop'", world.JwksAddress(world.Keys[0])),
                ("Gateway", interactive.Gateway.Address),
                ("Key Vault", world.Vault.Address),
                ("Graph", world.Graph.Address),
                ("Resource Manager", world.ResourceManager.Address),
                ("Identity", world.Identity.AuthorityHost),
                ("Authority's certificate", world.Authority.Path),
                ("Log", world.LogFile),
            }
        )
        {
            console.WriteLine($"{name, -24} {value}");
        }

        console.WriteLine();
    }
}
