using System.Text.Json.Nodes;

namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>What the host makes of a handler's answer.</summary>
public abstract record HandlerReply
{
    private HandlerReply()
    {
    }

    /// <summary>The invocation succeeds; names of outputs are matched without case.</summary>
    public sealed record Success(IReadOnlyDictionary<string, JsonNode?> Outputs, IReadOnlyList<string> Logs, JsonNode? ReturnValue) : HandlerReply;

    /// <summary>The invocation fails.</summary>
    public sealed record Failure(string Reason) : HandlerReply;

    /// <summary>A 2xx without content: the real host never completes the invocation, and functionTimeout kills the handler.</summary>
    public sealed record Never : HandlerReply;
}
