using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Core;
using Rekey.Cli.Server;
using Rekey.Core;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The commands that change something, and what each one sends.</summary>
internal sealed class ChangeCommands(OperatorOptions options)
{
    private const string StopName = "stop";
    private const string StartName = "start";
    private const string TokensGroup = "tokens";
    private const string Operator = "Operator";
    private const string Approver = "Approver";
    private const int LongestToken = 64 * 1024;

    private const string Proposed = "Rekey asks an approver, who must be another person. Nothing changes before the answer.";

    public Command ReportDeparture()
    {
        var person = new Argument<string>("person")
        {
            Description = "The person's object id in Entra ID, or the name with which they sign in.",
        };
        var reference = Text("--reference", "The ticket or your own id of the report: a second report with it counts as the same.");
        var keys = new Option<string[]>("--key")
        {
            Description = "A governed key that is known to be exposed: its id or its name. Several are allowed.",
            HelpName = "key",
        };
        var hostile = new Option<bool>("--hostile") { Description = "Respond at once, as if the person had taken every key." };
        var command = new Command("report", "Reports that a person left, so that their keys are rotated.")
        {
            person,
            reference,
            keys,
            hostile,
        };
        return Change(command, Operator, async (run, parsed) =>
        {
            var body = new JsonObject { ["personId"] = await run.PersonAsync(parsed.GetValue(person)!) };
            AddGiven(body, "reference", parsed.GetValue(reference));
            if (parsed.GetValue(hostile))
            {
                body["hostile"] = true;
            }

            var ids = new List<JsonNode?>();
            foreach (var key in parsed.GetValue(keys) ?? [])
            {
                ids.Add((await run.KeyAsync(key))["key"]?.DeepClone());
            }

            if (ids.Count > 0)
            {
                body["keys"] = new JsonArray([.. ids]);
            }

            return new(RequestMethod.Post, "departures", Operator, body)
            {
                Follows =
                    "Rekey finds the keys that this person could have used. If the directory confirms it, it rotates them as the "
                    + "settings say. If not, it asks an approver for each. Live tokens of a key may end.",
            };
        });
    }

    public Command CancelRotation()
    {
        var id = new Argument<string>("rotation") { Description = "Its id, or its key: then the last rotation of that key." };
        var command = new Command("cancel", "Cancels a rotation, until trust in the old versions has ended.") { id };
        return Change(command, Approver, async (run, parsed) =>
            new(
                RequestMethod.Post,
                $"rotations/{Uri.EscapeDataString(await RotationNames.IdOfAsync(run, parsed.GetValue(id)!))}/cancel",
                Approver
            )
            {
                Follows = "The old versions stay trusted. The new version stays and becomes current. It cannot be taken back.",
            }
        );
    }

    public Command Answer(bool approves)
    {
        var (verb, word) = approves ? ("approve", "yes") : ("decline", "no");
        var id = new Argument<string>("id") { Description = "The id of the decision, from rekey decisions list." };
        var reason = Text("--reason", "The reason, for the ledger and for everybody who reads the decision.");
        reason.Required = true;
        var command = new Command(verb, $"Answers a decision with {word}, after it showed the question.") { id, reason };
        return Change(command, Approver, async (run, parsed) =>
        {
            var path = $"decisions/{Uri.EscapeDataString(parsed.GetValue(id)!)}";
            var question = (await run.ReadAsync(path)).Body as JsonObject ?? [];
            run.ShowOnError(question);
            return question["state"]?.ToString() is "Pending" && question["planHash"]?.ToString() is { } hash
                ? new ServerRequest(
                    RequestMethod.Post,
                    path,
                    Approver,
                    new JsonObject
                    {
                        ["answer"] = verb,
                        ["planHash"] = hash,
                        ["reason"] = parsed.GetValue(reason),
                    }
                )
                {
                    Follows = $"What the statement says for {word}. An answer cannot be changed.",
                }
                : throw new CannotContinueException(
                    "not-pending",
                    $"The decision does not wait for an answer: it is {question["state"]}. Nothing was sent.",
                    "List those that wait: rekey decisions list"
                );
        });
    }

    public Command AcknowledgeFinding()
    {
        var id = new Argument<string>("id") { Description = "The id of the finding, from rekey findings list." };
        var reason = Required("--reason", "Why nothing more needs to be reported for now.", "reason");
        var until = Text("--until", "A time such as 2026-12-07T08:00:00Z, at most 30 days from now; the default is in seven days.");
        var command = new Command("acknowledge", "Acknowledges a finding: it is not reported again before a time, unless it becomes worse.")
        {
            id,
            reason,
            until,
        };
        return Change(command, Operator, (_, parsed) =>
        {
            var body = new JsonObject { ["reason"] = parsed.GetValue(reason) };
            AddGiven(body, "until", parsed.GetValue(until));
            return Task.FromResult(
                new ServerRequest(RequestMethod.Post, $"findings/{Uri.EscapeDataString(parsed.GetValue(id)!)}/acknowledge", Operator, body)
                {
                    Follows = "The finding stays open. It is reported again when it is seen after that time, or becomes worse.",
                }
            );
        });
    }

    public Command AddBlock()
    {
        var kind = Required("--kind", "token (by jti), signingInput (by hash), subject or kid.", "kind");
        kind.AcceptOnlyFromAmong("token", "signingInput", "subject", "kid");
        var issuer = Required("--issuer", "The name or the exact iss of a governed issuer.", "issuer");
        var value = Required("--value", "The jti, hash, sub or kid.", "value");
        var reason = Required("--reason", "The reason, for the approver.", "reason");
        var before = Text(
            "--issued-before",
            "For a subject or a kid: block tokens that were issued up to this time, such as 2026-03-01T12:00:00Z."
        );
        before.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TryTime(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is not a time with its zone. Write 2026-03-01T12:00:00Z.");
            }
        });
        var command = new Command("add", "Proposes a block, which an approver decides.") { kind, issuer, value, reason, before };
        return Change(command, Operator, (_, parsed) =>
        {
            var body = new JsonObject
            {
                ["kind"] = parsed.GetValue(kind),
                ["issuer"] = parsed.GetValue(issuer),
                ["value"] = parsed.GetValue(value),
                ["reason"] = parsed.GetValue(reason),
            };
            AddGiven(body, "issuedBefore", parsed.GetValue(before));
            return Task.FromResult(new ServerRequest(RequestMethod.Post, "blocks", Operator, body) { Follows = Proposed });
        });
    }

    public Command RemoveBlock()
    {
        var id = new Argument<string>("id") { Description = "The id of the entry, from rekey blocks list." };
        var reason = Required("--reason", "The reason, for the approver.", "reason");
        var command = new Command("remove", "Proposes the end of a block, which an approver decides.") { id, reason };
        return Change(command, Operator, (_, parsed) =>
            Task.FromResult(
                new ServerRequest(
                    RequestMethod.Delete,
                    $"blocks/{Uri.EscapeDataString(parsed.GetValue(id)!)}?reason={Uri.EscapeDataString(parsed.GetValue(reason)!)}",
                    Operator
                )
                {
                    Follows = Proposed,
                }
            )
        );
    }

    public Command Stop() =>
        Change(
            new Command(StopName, "Stops Rekey at once: it begins no rotation, block, removal or cut-off. It asks nothing first."),
            Operator,
            (_, _) =>
                Task.FromResult(
                    new ServerRequest(RequestMethod.Post, StopName, Operator)
                    {
                        Follows = "Every instance stops before its next step. Two different approvers start it again: rekey start.",
                    }
                ),
            asks: false
        );

    public Command Start()
    {
        var reason = Required("--reason", "The reason, for the second approver.", "reason");
        return Change(new Command(StartName, "Asks a second approver to start Rekey again.") { reason }, Approver, (_, parsed) =>
            Task.FromResult(
                new ServerRequest(RequestMethod.Post, StartName, Approver, new JsonObject { ["reason"] = parsed.GetValue(reason) })
                {
                    Follows =
                        "A second approver decides. After a yes, everything that waited goes on. Read the open decisions first: "
                        + "rekey decisions list",
                }
            )
        );
    }

    public Command FindToken()
    {
        var iss = Text("--iss", "The iss of the token, with --jti.");
        var jti = Text("--jti", "The jti of the token, with --iss.");
        var hash = Text("--hash", "The hash of the signing input, from a finding or the blocklist.");
        var file = Text(
            "--token-file",
            "A file with the whole token, or - for standard input. A token in the command line would be kept by the shell."
        );
        var find = new Command("find", "Says whether a token is blocked, since when and why.") { iss, jti, hash, file };
        find.Validators.Add(result =>
        {
            var pair = (result.GetValue(iss) is not null, result.GetValue(jti) is not null);
            var ways = new[] { pair is (true, true), result.GetValue(hash) is not null, result.GetValue(file) is not null };
            if (ways.Count(w => w) != 1 || pair is (true, false) or (false, true))
            {
                result.AddError("Give either --iss with --jti, or --hash, or --token-file.");
            }
        });
        options.AddTo(find);
        find.SetAction(
            (parsed, cancellationToken) =>
                OperatorRun.OfAsync(
                    parsed,
                    options,
                    Operator,
                    async run =>
                    {
                        var body = new JsonObject();
                        AddGiven(body, "iss", parsed.GetValue(iss));
                        AddGiven(body, "jti", parsed.GetValue(jti));
                        AddGiven(body, "hash", parsed.GetValue(hash));
                        AddGiven(body, "token", parsed.GetValue(file) is { } name ? await TokenAsync(name, cancellationToken) : null);
                        var request = new ServerRequest(RequestMethod.Post, "tokens/find", Operator, body);
                        await run.ShowAsync((await run.Client.SendAsync(request, cancellationToken)).Body);
                        return Outcome.Clean;
                    },
                    cancellationToken
                )
        );
        return new(TokensGroup, "Questions about one token.") { find };
    }

    private Command Change(Command command, string role, Func<OperatorRun, ParseResult, Task<ServerRequest>> prepare, bool asks = true)
    {
        options.AddTo(command).Add(options.WhatIf);
        if (asks)
        {
            command.Add(options.Yes);
        }

        command.SetAction(
            (parsed, cancellationToken) =>
                OperatorRun.OfAsync(
                    parsed,
                    options,
                    role,
                    async run => await run.ChangeAsync(await prepare(run, parsed), asks),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<string> TokenAsync(string file, CancellationToken cancellationToken)
    {
        using var reader = file is "-" ? Console.In : new StreamReader(file);
        var buffer = new char[LongestToken + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken);
        return length <= LongestToken
            ? new string(buffer, 0, length).Trim()
            : throw new CannotContinueException("token-too-long", $"'{file}' is longer than a token.", "Give a file with one token.");
    }

    private static Option<string?> Text(string name, string description) =>
        new(name) { Description = description, HelpName = name.TrimStart('-') };

    private static Option<string> Required(string name, string description, string helpName) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            Required = true,
        };

    private static void AddGiven(JsonObject body, string name, string? value)
    {
        if (value is not null)
        {
            body[name] = value;
        }
    }

    private static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out time
        ) && (text.EndsWith('Z') || text[^6] is '+' or '-');
}
