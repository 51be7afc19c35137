using System.Text.Json.Nodes;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>A recording of the real host, of the files beside these tests.</summary>
internal sealed class Recording
{
    private Recording(IReadOnlyList<RecordedLine> lines) => Lines = lines;

    public IReadOnlyList<RecordedLine> Lines { get; }

    public static Recording Read(string name) =>
        new([.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "FunctionsHost", "Recordings", name + ".jsonl")).Select(Line)]);

    /// <summary>The invocation requests of a function, in order.</summary>
    public IReadOnlyList<JsonNode> Invocations(string function) =>
        [
            .. Lines
                .Where(line => line.Type == "InvocationRequest" && line.Function == function)
                .Select(line => line.Data!["invocation_request"]!),
        ];

    /// <summary>What lies between a request of that name and its answer: both, and all of the protocol in between.</summary>
    public (string Request, IReadOnlyList<RecordedLine> Between, string? Response) Exchange(string name)
    {
        var start = Lines.TakeWhile(line => !(line.Event == "client request" && line.Name == name)).Count();
        var rest = Lines.Skip(start + 1).TakeWhile(line => line.Event != "client request").ToList();
        return (Lines[start].Text, rest, rest.FirstOrDefault(line => line.Event == "client response" && line.Name == name)?.Text);
    }

    private static RecordedLine Line(string json)
    {
        var line = JsonNode.Parse(json)!;
        return new RecordedLine(
            (double)line["t"]!,
            (string)line["dir"]!,
            (string?)line["type"] ?? "",
            (string?)line["function"] ?? "",
            (string?)line["stream"] ?? "",
            line["data"]
        );
    }
}
