using System.CommandLine;
using Rekey.Cli.Local;
using Rekey.Cli.Output;
using Rekey.Cli.Server;

namespace Rekey.Cli.Commands.Local;

/// <summary>The commands <c>rekey local</c>: they act in the local world, which stays up after the replay.</summary>
internal static class LocalCommand
{
    public const string Group = "local";

    public const string Examples = """
        Examples:
          dotnet run --project src/Rekey.Local       replay the breach; the local world stays up and prints how to go on
          rekey local token operator                 print an access token; also approver, approver2, gateway, reader
          rekey local disable alice                  a person leaves: Graph sends its change notification
          rekey local forge shop > forged.jwt        an attacker uses a token that is signed with a copy of the key
          rekey local reset                          begin again, with new keys and an empty ledger

        The running world writes a file with its addresses and the secrets of this run. Only you can read the file, and the world deletes
        it when it ends. REKEY_LOCAL_STATE names another place for it, so that several worlds can run side by side.

        Exit codes: 0 done, 1 no local world runs, or it refuses.
        """;

    public static Command Make() =>
        new(Group, "Acts in the local world of the replay (src/Rekey.Local): get a token, let a person leave, forge a token.")
        {
            Token(),
            Act("disable", "person", "First name, sign-in name or object id.", "Disables a person's account, as when the person leaves."),
            Act("forge", "key", "The name of a key.", "Forges a token with a copy of a key, uses it, and prints it."),
            Reset(),
        };

    private static Command Token()
    {
        var role = new Argument<string>("role") { Description = "operator, approver, approver2 (a second approver), gateway or reader." };
        var command = new Command("token", "Prints an access token for the local app, valid for an hour.") { role };
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, async () =>
                {
                    var token = await Connection.OfLocalWorld(parsed.GetValue(role)!).TokenAsync(cancellationToken);
                    await parsed.InvocationConfiguration.Output.WriteLineAsync(token.Token);
                    return Outcome.Clean;
                }));
        return command;
    }

    private static Command Act(string name, string argument, string argumentDescription, string description)
    {
        var about = new Argument<string>(argument) { Description = argumentDescription };
        var command = new Command(name, description) { about };
        command.SetAction(
            (parsed, cancellationToken) => RunAsync(parsed, $"{name}/{Uri.EscapeDataString(parsed.GetValue(about)!)}", cancellationToken)
        );
        return command;
    }

    private static Command Reset()
    {
        var command = new Command("reset", "Ends the local world and starts it anew, at the same address.");
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, "reset", cancellationToken));
        return command;
    }

    /// <summary>A token goes to standard output alone, so that it can be kept; the words go to standard error then.</summary>
    private static Task<int> RunAsync(ParseResult parsed, string path, CancellationToken cancellationToken) =>
        Outcome.OfAsync(parsed, async () =>
        {
            var answer = await new LocalWorldClient(LocalWorldState.Read()).DoAsync(path, cancellationToken);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (answer.Token is { } token)
            {
                await output.WriteLineAsync(token);
            }

            foreach (var line in answer.Text.ReplaceLineEndings("\n").Split('\n'))
            {
                await (answer.Token is null ? output : error).WriteLineAsync(PlainText.Of(line));
            }

            return Outcome.Clean;
        });
}
