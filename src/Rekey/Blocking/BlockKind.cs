namespace Rekey.Blocking;

/// <summary>What an entry of the blocklist names.</summary>
public enum BlockKind
{
    /// <summary>One token, by the SHA-256 of its signing input, lower-case hex: no other token has it.</summary>
    SigningInput,

    /// <summary>Every token with this issuer and <c>jti</c>.</summary>
    Token,

    /// <summary>Every token of this issuer and subject issued before a time. By decision only.</summary>
    Subject,

    /// <summary>Every token of this issuer under this kid issued before a time. By decision only.</summary>
    Kid,
}
