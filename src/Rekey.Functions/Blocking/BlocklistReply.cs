using System.Text.Json.Serialization;

namespace Rekey.Functions.Blocking;

/// <summary>The form of the blocklist for gateways; <see cref="BlocklistReplies"/> writes it from the signed parts as they are stored.</summary>
/// <param name="Sequence">The number up to which changes are in it; <c>since</c> of the next request.</param>
/// <param name="Full">Whether it is the whole list: a base and the changes that follow it.</param>
/// <param name="Base">The signed parts of the base, each a JWS; only where it is the whole list.</param>
/// <param name="Changes">The signed changes in their order, each a JWS.</param>
/// <param name="Head">A JWS that says up to which change the list goes and until when it may be used.</param>
public sealed record BlocklistReply(long Sequence, bool Full,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Base,
    IReadOnlyList<string> Changes, string Head);
