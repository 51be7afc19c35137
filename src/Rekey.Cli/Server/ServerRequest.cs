using System.Text.Json.Nodes;
using Azure.Core;

namespace Rekey.Cli.Server;

/// <summary>A request to Rekey.</summary>
/// <param name="Path">The path and query below the server's address, without a slash at its start.</param>
/// <param name="Role">The app role that it needs, for the message of a refusal.</param>
/// <param name="Body">The JSON body; null for none.</param>
internal sealed record ServerRequest(RequestMethod Method, string Path, string Role, JsonObject? Body = null)
{
    /// <summary>The roles of every call that only reads.</summary>
    public const string Viewers = "Reader, Operator or Approver";

    /// <summary>What happens when it is sent, for the person who sends it.</summary>
    public string Follows { get; init; } = "";

    /// <summary>Whether 503 is an answer too: <c>healthz</c> gives its body with it.</summary>
    public bool TakesUnavailable { get; init; }

    public static ServerRequest Read(string path) => new(RequestMethod.Get, path, Viewers);
}
