using System.CommandLine;
using System.CommandLine.Parsing;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Server;

namespace Rekey.Cli.Commands.Operators;

/// <summary>The options of every command that calls a running Rekey.</summary>
internal sealed class OperatorOptions
{
    private readonly Option<string?> _server = new("--server")
    {
        Description = "The https address of Rekey's app, or 'local' for the local world. Default: REKEY_SERVER, or the profile 'default'.",
        HelpName = "address",
    };

    private readonly Option<string?> _profile = new("--profile")
    {
        Description = "A profile with address and scope: the file rekey/<name>.json in your configuration folder.",
        HelpName = "name",
    };

    private readonly Option<string?> _scope = new("--scope")
    {
        Description = "The scope of tokens for the app, such as api://rekey-prod. Default: REKEY_SCOPE, or the profile's.",
        HelpName = "scope",
    };

    private readonly Option<string> _login = Formats.OneOf<LoginKind>(
        "--login",
        "How to sign in: with az login, as a managed identity, or by a code in a browser. A profile may say it.",
        "a way to sign in",
        values: "Ways"
    );

    private readonly Option<string?> _localRole = new("--as")
    {
        Description = "Local world only: the client to sign in as, such as Operator. Default: one with the role that the command needs.",
        HelpName = "client",
    };

    private readonly Option<string?> _trustedCa = new("--trusted-ca")
    {
        Description = "An additional certificate authority to trust for this server, for networks that run their own.",
        HelpName = "ca.pem",
    };

    public Option<string> Format { get; } = Formats.Output<RecordFormat>("table, json (what the server sent) or ndjson (one item a line).");

    public Option<string?> File { get; } = Formats.OutFile();

    public Option<int> Limit { get; } =
        new("--limit")
        {
            Description = "The most items to read.",
            HelpName = "number",
            DefaultValueFactory = _ => 500,
        };

    public Option<bool> WhatIf { get; } =
        new("--what-if") { Description = "Show the request that would be sent and what follows from it, and send nothing." };

    public Option<bool> Yes { get; } = new("--yes") { Description = "Send without asking. Needed where no terminal can answer." };

    public OperatorOptions() =>
        Limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var limit) || limit is < 1 or > 1_000_000))
            {
                result.AddError($"'{token.Value}' is not a number from 1 to 1000000.");
            }
        });

    /// <summary>Adds what every command has.</summary>
    public Command AddTo(Command command)
    {
        AddConnectionTo(command).Add(Format);
        command.Add(File);
        return command;
    }

    /// <summary>Whether the command line itself names a server or a profile.</summary>
    public bool NamesServer(CommandResult result) => result.GetValue(_server) is not null || result.GetValue(_profile) is not null;

    /// <summary>Adds only what says which Rekey to call, and how to sign in.</summary>
    public Command AddConnectionTo(Command command)
    {
        foreach (var option in new Option[] { _server, _profile, _scope, _login, _localRole, _trustedCa })
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_server) is not null && result.GetValue(_profile) is not null)
            {
                result.AddError("Give either --server or --profile: a profile names its server.");
            }
        });
        return command;
    }

    /// <param name="role">The role that the command needs.</param>
    public ConnectionChoice Choice(ParseResult parsed, string role) =>
        new(
            parsed.GetValue(_server),
            parsed.GetValue(_profile),
            parsed.GetValue(_scope),
            parsed.GetResult(_login) is { Implicit: false } ? Formats.Of<LoginKind>(parsed, _login) : null,
            parsed.GetValue(_trustedCa),
            parsed.GetValue(_localRole) ?? role
        );
}
