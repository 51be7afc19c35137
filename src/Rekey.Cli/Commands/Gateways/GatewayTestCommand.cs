using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Gateways;
using Rekey.Cli.Output;

namespace Rekey.Cli.Commands.Gateways;

/// <summary>The command <c>rekey gateway test</c>.</summary>
internal static class GatewayTestCommand
{
    public const string Group = "gateway";

    public const string Name = "test";

    public const string Examples = """
        Examples:
          rekey gateway test https://gateway.test.example/orders
          rekey gateway test http://localhost:5000/ --settings rekey.json        write the gateway's settings for this run
          rekey gateway test http://localhost:5000/ --output json --wait 30s     in a pipeline
          rekey gateway test https://gateway.example/orders --tokens mine.ndjson with tokens of your own issuer

        What it does: it is an issuer and a Rekey of its own for the time of the test, with keys that are not kept. It serves what a
        gateway reads (/trust-list, /blocklist, /jwks.json, /.well-known/openid-configuration), waits until the gateway lets an honest
        token in, and sends about forty tokens that are wrong in one thing each: another key, alg none, HS256 with the public key, another
        audience, a jti that is a number, a kid outside its trust window, a blocked subject, and so on. Then it blocks a token, revokes a
        key, takes the time until the gateway refuses them, and offers the old lists again.

        The gateway must trust this issuer during the test, so test a copy of it that has no users. Start the copy with the settings
        that the command prints; --settings writes them as the section Rekey of an appsettings.json. A gateway that reads a JWKS takes the
        address of --listen as its authority, and --audience as its audience.

        With --tokens the gateway keeps its settings. The file has a line for each token, such as
          {"name":"mine","token":"eyJ…","accept":true}
          {"name":"last week's","token":"eyJ…","accept":false}
        From the first token with accept true the command makes those that need no key of your issuer. Tokens are sent to the gateway and
        appear nowhere else.

        A token is let in when the gateway answers below 400, or as it answers an honest token; 400, 401 and 403 are refusals. Each refusal
        must be 401 with error="invalid_token" and nothing else (RFC 6750 §3.1): a reason helps those who forge tokens.

        Exit codes: 0 all of it was refused, and honest tokens were let in; 1 the test could not be made; 2 something was let in, a refusal
        tells a reason, or the gateway failed.
        """;

    public static Command Make()
    {
        var url = new Argument<string>("url") { Description = "An address behind the gateway that a valid token may GET." };
        var listen = new Option<string>("--listen")
        {
            Description = "Where this command serves its documents; the gateway must reach it there.",
            HelpName = "http address",
            DefaultValueFactory = _ => "http://127.0.0.1:8700",
        };
        var audience = new Option<string>("--audience")
        {
            Description = "The audience of the test's tokens.",
            HelpName = "audience",
            DefaultValueFactory = _ => "api://gateway-test",
        };
        var settings = new Option<string?>("--settings")
        {
            Description = "Write the gateway's settings for this run to this file, as JSON.",
            HelpName = "file",
        };
        var tokens = new Option<string?>("--tokens")
        {
            Description = "Send the tokens of this file, instead of being an issuer.",
            HelpName = "file.ndjson",
        };
        var wait = Durations.Option("--wait", "How long the gateway may take to let an honest token in.", "2m");
        var pullWait = Durations.Option("--pull-wait", "How long a block may take to arrive.", "30s");
        var format = Formats.Output<GatewayTestFormat>("table or json.");
        var output = Formats.OutFile();
        url.Validators.Add(r => CheckAddress(r.GetValueOrDefault<string>(), isOwn: false, r.AddError));
        listen.Validators.Add(r => CheckAddress(r.GetValueOrDefault<string>(), isOwn: true, r.AddError));
        var command = new Command(Name, "Sends a gateway what it must refuse, and says what it lets in.")
        {
            url,
            listen,
            audience,
            settings,
            tokens,
            wait,
            pullWait,
            format,
            output,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(tokens) is not null && result.GetValue(settings) is not null)
            {
                result.AddError("Give --settings or --tokens, not both: with tokens of your own the gateway keeps its settings.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, async () =>
                {
                    var error = parsed.InvocationConfiguration.Error;
                    var gateway = new Uri(parsed.GetValue(url)!);
                    using var caller = new GatewayCaller(gateway);
                    var tester = new GatewayTester(
                        caller,
                        Durations.Of(parsed, wait),
                        Durations.Of(parsed, pullWait),
                        error.WriteLineAsync
                    );
                    var results = parsed.GetValue(tokens) is { } file
                        ? await tester.RunAsync(await GivenTokens.ReadAsync(file, cancellationToken), cancellationToken)
                        : await TestAsync(
                            tester,
                            new(parsed.GetValue(listen)!),
                            parsed.GetValue(audience)!,
                            parsed.GetValue(settings),
                            error,
                            cancellationToken
                        );
                    await WriteAsync(
                        Formats.Of<GatewayTestFormat>(parsed, format),
                        parsed.GetValue(output),
                        parsed.GetValue(tokens),
                        gateway,
                        results
                    );
                    await error.WriteLineAsync(PlainText.Of(GatewayTestOutput.Sentence(gateway, results)));
                    return GatewayTestOutput.IsOk(results) ? Outcome.Clean : Outcome.FoundProblem;
                }));
        return new Command(Group, "Checks a gateway from outside.") { command };
    }

    private static async Task<IReadOnlyList<CaseResult>> TestAsync(
        GatewayTester tester,
        Uri listen,
        string audience,
        string? settings,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        using var issuer = new ThrowawayIssuer(listen, audience);
        await using var offered = new OfferedDocuments(listen);
        var json = new JsonObject { ["Rekey"] = issuer.Settings };
        if (settings is not null)
        {
            await using var target = OutputFile.Open(settings, _ => false);
            await using (var text = new StreamWriter(target.Stream, leaveOpen: true))
            {
                await text.WriteLineAsync(json.ToJsonString(new(CliJson.OneLine) { WriteIndented = true }));
            }

            target.Keep();
        }

        await error.WriteLineAsync($"Start the gateway with these settings, and an empty folder as Rekey:Folder: {json.ToJsonString()}");
        await error.WriteLineAsync($"A gateway that reads a JWKS: authority {issuer.Issuer}, audience {issuer.Audience}.");
        return await tester.RunAsync(issuer, offered, cancellationToken);
    }

    private static async Task WriteAsync(
        GatewayTestFormat format,
        string? file,
        string? input,
        Uri gateway,
        IReadOnlyList<CaseResult> results
    )
    {
        await using var target = OutputFile.Open(file, f => OutputFile.IsOneOf(f, [input]));
        if (format is GatewayTestFormat.Json)
        {
            GatewayTestOutput.WriteJson(target.Stream, gateway, results);
        }
        else
        {
            await using var text = new StreamWriter(target.Stream, leaveOpen: true);
            GatewayTestOutput.WriteTable(text, target.IsTerminal, gateway, results);
        }

        target.Keep();
    }

    /// <param name="isOwn">Whether this command listens there: it has no certificate.</param>
    private static void CheckAddress(string? text, bool isOwn, Action<string> addError)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && (isOwn || address.Scheme != Uri.UriSchemeHttps))
        )
        {
            addError($"'{text}' is not an {(isOwn ? "http" : "http or https")} address. Write it whole, such as http://127.0.0.1:8700.");
        }
    }
}
