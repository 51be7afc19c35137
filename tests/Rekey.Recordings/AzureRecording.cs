using System.Text.Json.Nodes;

namespace Rekey.Recordings;

/// <summary>
/// One exchange with Azure, as recorded. The recordings are not in this repository: they lie in a folder
/// <c>shared/reference/azure-recordings</c> beside it or above it, or where the environment variable REKEY_RECORDINGS says.
/// </summary>
/// <param name="Area">keys, arm, graph or logs: the name of the file.</param>
/// <param name="Line">Counted from 1.</param>
public sealed record AzureRecording(string Area, int Line, JsonObject Request, JsonObject Response)
{
    private const string Variable = "REKEY_RECORDINGS";

    public string Method => Request["method"]!.GetValue<string>();

    /// <summary>With the query.</summary>
    public string Path => Request["path"]!.GetValue<string>();

    public JsonObject? Body => Request["body"] as JsonObject;

    public int Status => Response["status"]!.GetValue<int>();

    public JsonObject? Answer => Response["body"] as JsonObject;

    public string? Header(string name) => (Response["headers"] as JsonObject)?[name]?.GetValue<string>();

    /// <summary>A line; where there are no recordings the test that asks is skipped.</summary>
    public static AzureRecording Read(string area, int line) => All(area)[line - 1];

    /// <summary>The lines of a file; where there are no recordings the test that asks is skipped.</summary>
    public static IReadOnlyList<AzureRecording> All(string area) =>
        [
            .. File.ReadLines(System.IO.Path.Combine(Folder(), area + ".jsonl"))
                .Select((text, at) => Parse(area, at + 1, JsonNode.Parse(text)!)),
        ];

    private static AzureRecording Parse(string area, int line, JsonNode recorded) =>
        new(area, line, recorded["request"]!.AsObject(), recorded["response"]!.AsObject());

    private static string Folder()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            // Who names a folder wants the tests to run.
            Assert.True(Directory.Exists(named), $"{Variable} names a folder that is not there: {named}");
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = System.IO.Path.Combine(folder.FullName, "shared", "reference", "azure-recordings");
            if (Directory.Exists(found))
            {
                return found;
            }
        }

        Assert.Skip(
            "The recordings of Azure are not here: there is no folder shared/reference/azure-recordings beside or above this "
                + $"repository, and {Variable} is not set."
        );
        return "";
    }
}
