using System.Text.Json.Nodes;

namespace Rekey.Cli.Server;

/// <summary>An answer of Rekey that is no refusal.</summary>
/// <param name="Body">The JSON body; null for none.</param>
/// <param name="Next">The address of the next page by <c>Link: rel="next"</c> (RFC 8288); null on the last.</param>
internal sealed record ServerAnswer(int Status, JsonNode? Body, Uri? Next);
