using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Cli.Output.Items;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The command <c>rekey exposure</c>: what would happen if a person left now, and whose leaving would hurt.</summary>
internal static class ExposureCommand
{
    public const string Name = "exposure";

    public const string Examples = """
        Examples:
          rekey exposure <object id>                       what would happen if this person left now
          rekey exposure --everyone                        every key, by the number of people who could have taken it
          rekey access --vault <resource id> --save monday.json
          rekey exposure <object id> --export monday.json  by a saved reading of a vault, without a server; give several files if need be
          rekey exposure --everyone --export monday.json --output json

        A running Rekey names every reason: custodian (declared, or by the key's tag), used (the audit log shows it), granted (a right
        of now or of earlier, direct, by a group or eligible), indirect (an attack path). A saved reading knows the rights of its time
        only.

        The grade says whether the key can have been taken. Extractable: it can leave its vault, or the audit log shows that it did.
        Usable: the audit log proves that it did not. Unproven: neither. Extractable and unproven keys are rotated at once, usable ones
        gracefully.

        The command reads and changes nothing. How to connect: rekey status --help
        Exit codes: 0 done; 1 the command line is wrong, Rekey refused, it cannot be reached, or a source could not be read.
        """;

    public static Command Make(OperatorOptions options)
    {
        var user = new Argument<string?>("user")
        {
            Description = "The object id of the person, or the name with which they sign in.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var everyone = new Option<bool>("--everyone") { Description = "Show every key by the number of people who could have taken it." };
        var export = new Option<string[]>("--export")
        {
            Description = "A saved reading of a vault (rekey access --save), instead of a running Rekey. May be given several times.",
            HelpName = "export.json",
        };
        var command = options.AddTo(
            new Command(Name, "Shows which keys a person could have used or taken, and what would happen if they left now.")
            {
                user,
                everyone,
                export,
            }
        );
        command.Validators.Add(result =>
        {
            if (result.GetValue(everyone) == result.GetValue(user) is not null)
            {
                result.AddError("Give either the object id of a person, or --everyone.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var person = parsed.GetValue(user);
                return parsed.GetValue(export) is { Length: > 0 } files
                    ? Outcome.OfAsync(parsed, () =>
                        ShowAsync(
                            parsed,
                            options,
                            ExposureOfReadings.Of([.. files.Select(ReadingFile.Read).Select(r => r.Reading)], person)
                        )
                    )
                    : OperatorRun.OfAsync(
                        parsed,
                        options,
                        "Operator",
                        async run =>
                            await ShowAsync(
                                parsed,
                                options,
                                (JsonObject)
                                    (
                                        await run.ReadAsync(person is null ? "exposure" : $"exposure?user={await run.PersonAsync(person)}")
                                    ).Body!
                            ),
                        cancellationToken
                    );
            }
        );
        return command;
    }

    private static async Task<int> ShowAsync(ParseResult parsed, OperatorOptions options, JsonObject exposure)
    {
        await OperatorRun.WriteAsync(
            parsed,
            options,
            console => ExposureOutput.Write(console, exposure),
            exposure,
            exposure["keys"] as JsonArray
        );
        var missing = (exposure["notSeen"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (var part in missing)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                PlainText.Of($"warning: not seen, so more keys may be exposed: {part["why"]} {part["remedy"]}").TrimEnd()
            );
        }

        return missing.Count > 0 ? Outcome.Failed : Outcome.Clean;
    }
}
