using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Cli.Output;
using Rekey.Cli.Output.Items;
using Rekey.Cli.Server;
using Rekey.Core;
using Spectre.Console;

namespace Rekey.Cli.Commands.Operators;

/// <summary>Runs one command against a Rekey. Results go to standard output, everything else to standard error.</summary>
internal sealed class OperatorRun
{
    /// <summary>Wide enough that no line wraps, so that grep works.</summary>
    private const int WidthOfPipes = 8_000;

    private readonly ParseResult _parsed;
    private readonly OperatorOptions _options;
    private readonly CancellationToken _cancellationToken;

    private readonly Connection _connection;

    private OperatorRun(
        ParseResult parsed,
        OperatorOptions options,
        Connection connection,
        ServerClient client,
        CancellationToken cancellationToken
    )
    {
        _connection = connection;
        _parsed = parsed;
        _options = options;
        _cancellationToken = cancellationToken;
        Client = client;
    }

    public ServerClient Client { get; }

    private TextWriter Error => _parsed.InvocationConfiguration.Error;

    /// <param name="role">The role of the local world's client.</param>
    public static Task<int> OfAsync(
        ParseResult parsed,
        OperatorOptions options,
        string role,
        Func<OperatorRun, Task<int>> run,
        CancellationToken cancellationToken
    ) => Outcome.OfAsync(parsed, async () =>
        {
            var error = parsed.InvocationConfiguration.Error;
            var connection = Connection.Of(options.Choice(parsed, role), error.WriteLine);
            using var client = new ServerClient(connection);
            try
            {
                return await run(new(parsed, options, connection, client, cancellationToken));
            }
            finally
            {
                if (client.State is "stopped" or "unknown")
                {
                    await error.WriteLineAsync(
                        client.State is "stopped"
                            ? "note: Rekey is stopped: it rotates and blocks nothing. See: rekey status"
                            : "note: Rekey cannot read its ledger now. See: rekey status"
                    );
                }
            }
        });

    public Task<ServerAnswer> ReadAsync(string path) => Client.SendAsync(ServerRequest.Read(path), _cancellationToken);

    /// <summary>Reads a list up to the limit of the command line.</summary>
    public Task<ItemList> ListAsync(string path, IReadOnlyCollection<string> members, int? limit = null) =>
        Client.ListAsync(ServerRequest.Read(path), members, limit ?? _parsed.GetValue(_options.Limit), _cancellationToken);

    /// <summary>Reads a list and shows it.</summary>
    public async Task<int> ShowListAsync(ApiResource resource, string path)
    {
        var list = await ListAsync(path, resource.Members);
        if (list.Items is not { } items)
        {
            await ShowAsync(list.Whole);
            await Error.WriteLineAsync($"note: This Rekey does not list its {resource.Group}: it gave this instead.");
            return Outcome.Clean;
        }

        await WriteAsync(console => WriteList(console, resource, list), list.Whole, items);
        if (list.HasMore)
        {
            await Error.WriteLineAsync($"note: There are more than the {items.Count:N0} that were read. Give a larger --limit.");
        }

        if ((list.Whole as JsonObject)?["unreadable"] is JsonArray { Count: > 0 } unreadable)
        {
            await Error.WriteLineAsync($"warning: The list lacks rows that cannot be read: {ItemText.Of(unreadable)}");
        }

        return Outcome.Clean;
    }

    /// <summary>Writes a list for people, with its total.</summary>
    internal static void WriteList(IAnsiConsole console, ApiResource resource, ItemList list)
    {
        var items = list.Items ?? [];
        ItemTable.Write(console, resource.Columns, items);
        console.WriteLine(Total(resource, items, list.HasMore));
    }

    /// <summary>Reads one item and shows it.</summary>
    public async Task<int> ShowItemAsync(ApiResource resource, string path)
    {
        if (resource.Inner is not { } inner)
        {
            await ShowAsync((await ReadAsync(path)).Body);
            return Outcome.Clean;
        }

        var item = await ListAsync(path, [inner]);
        await ShowAsync(item.Whole);
        if (item.HasMore)
        {
            await Error.WriteLineAsync($"note: There are more {inner} than were read. Give a larger --limit.");
        }

        return Outcome.Clean;
    }

    /// <summary>Shows one answer.</summary>
    public Task ShowAsync(JsonNode? body) =>
        WriteAsync(
            console =>
            {
                if (body is JsonObject item)
                {
                    ItemBlocks.WriteAll(console, item);
                }
                else
                {
                    console.WriteLine(PlainText.Of(ItemText.Of(body)));
                }
            },
            body,
            items: null
        );

    /// <summary>Sends a request that changes something: shows it first, asks, and shows the answer. With <c>--what-if</c> it sends
    /// nothing.</summary>
    /// <param name="asks">Whether a person must agree.</param>
    public async Task<int> ChangeAsync(ServerRequest request, bool asks)
    {
        if (_parsed.GetValue(_options.WhatIf))
        {
            await ShowAsync(
                new JsonObject
                {
                    ["method"] = request.Method.Method,
                    ["address"] = Client.AddressOf(request).AbsoluteUri,
                    ["body"] = request.Body?.DeepClone(),
                    ["needsRole"] = request.Role,
                    ["follows"] = request.Follows,
                }
            );
            await Error.WriteLineAsync("Nothing was sent.");
            return Outcome.Clean;
        }

        if (asks && !_parsed.GetValue(_options.Yes) && !await AgreesAsync(request))
        {
            await Error.WriteLineAsync("Nothing was sent.");
            return Outcome.Failed;
        }

        var answer = await Client.SendAsync(request, _cancellationToken);
        await ShowAsync(answer.Body);
        if ((answer.Body as JsonObject)?["decision"] is JsonValue decision)
        {
            await Error.WriteLineAsync($"An approver decides. See: rekey decisions show {PlainText.Of(decision.ToString())}");
        }
        else if (answer.Status is 202)
        {
            await Error.WriteLineAsync("Rekey took it and has not finished. See: rekey status");
        }

        return Outcome.Clean;
    }

    /// <summary>Shows a question to the person who answers it.</summary>
    public void ShowOnError(JsonObject item)
    {
        var console = Consoles.Of(Error, isTerminal: false);
        console.Profile.Width = Console.IsErrorRedirected ? console.Profile.Width : Console.WindowWidth;
        ItemBlocks.WriteAll(console, item);
    }

    /// <inheritdoc cref="Connection.PersonAsync"/>
    public Task<string> PersonAsync(string given) => _connection.PersonAsync(given, _cancellationToken);

    /// <summary>The id of a key that is named by its id, or by its name alone.</summary>
    /// <exception cref="CannotContinueException">No key has this name, or several have it.</exception>
    public async Task<JsonObject> KeyAsync(string name)
    {
        var keys = (await ListAsync(ApiResources.Keys.Group, ApiResources.Keys.Members, int.MaxValue)).Items?.OfType<JsonObject>().ToList()
            ?? [];
        var found = keys.Where(k => Id(k).Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        found = found.Count > 0 ? found : [.. keys.Where(k => NameOf(Id(k)).Equals(name, StringComparison.OrdinalIgnoreCase))];
        return found switch
        {
            [var one] => one,
            [] => throw new CannotContinueException(
                "unknown-key",
                $"Rekey governs no key '{name}'{NearestName.Hint(name, keys.Select(k => NameOf(Id(k))))}",
                "List the keys: rekey keys list"
            ),
            _ => throw new CannotContinueException(
                "several-keys",
                $"Several keys are called '{name}'.",
                $"Give one of: {string.Join(", ", found.Select(Id))}"
            ),
        };

        static string Id(JsonObject key) => key["key"]?.ToString() ?? "";

        static string NameOf(string id) => id[(id.LastIndexOf('/') + 1)..];
    }

    /// <param name="table">Writes for people.</param>
    /// <param name="items">The items of a list; null when it is one item.</param>
    public Task WriteAsync(Action<IAnsiConsole> table, JsonNode? whole, JsonArray? items) =>
        WriteAsync(_parsed, _options, table, whole, items);

    /// <summary>Writes a result in the format of the command line. It need not come from a server.</summary>
    internal static async Task WriteAsync(
        ParseResult parsed,
        OperatorOptions options,
        Action<IAnsiConsole> table,
        JsonNode? whole,
        JsonArray? items
    )
    {
        await using var target = OutputFile.Open(parsed.GetValue(options.File), _ => false);
        switch (Parsing.Formats.Of<RecordFormat>(parsed, options.Format))
        {
            case RecordFormat.Json:
                ItemJson.Write(target.Stream, whole);
                break;
            case RecordFormat.Ndjson:
                ItemJson.WriteLines(target.Stream, items ?? (IEnumerable<JsonNode?>)[whole]);
                break;
            default:
                await using (var text = new StreamWriter(target.Stream, leaveOpen: true))
                {
                    var console = Consoles.Of(text, target.IsTerminal);
                    console.Profile.Width = target.IsTerminal ? console.Profile.Width : WidthOfPipes;
                    table(console);
                }

                break;
        }

        target.Keep();
    }

    private static string Total(ApiResource resource, JsonArray items, bool hasMore)
    {
        var noun = items.Count == 1 ? resource.Group.TrimEnd('s') : resource.Group;
        var severities = items
            .OfType<JsonObject>()
            .Select(i => i["severity"]?.ToString())
            .OfType<string>()
            .GroupBy(s => s, StringComparer.Ordinal)
            .Select(g => $"{g.Count():N0} {g.Key}")
            .ToList();
        var parts = severities.Count == 0 ? "" : $": {string.Join(", ", severities)}";
        return $"{items.Count:N0} {noun}{(hasMore ? ", and more" : "")}{parts}.";
    }

    private async Task<bool> AgreesAsync(ServerRequest request)
    {
        if (Console.IsInputRedirected)
        {
            throw new CannotContinueException(
                "not-confirmed",
                "The question cannot be asked: standard input is not a terminal. Nothing was sent.",
                "Read what would happen with --what-if, and give --yes."
            );
        }

        await Error.WriteLineAsync($"{request.Method} {Client.AddressOf(request)}");
        if (request.Body is { } body)
        {
            await Error.WriteLineAsync(body.ToJsonString());
        }

        await Error.WriteLineAsync(request.Follows);
        await Error.WriteAsync("Send it? [y/N] ");
        return (await Console.In.ReadLineAsync(_cancellationToken))?.Trim() is "y" or "Y" or "yes";
    }
}
