namespace Rekey.Functions.Blocking.Views;

/// <summary>The <c>status_list</c> member of a Status List Token, for the issuer to sign.</summary>
/// <param name="Bits">Bits per status.</param>
/// <param name="Lst">The list, compressed with DEFLATE and base64url-encoded.</param>
public sealed record StatusListReply(int Bits, string Lst);
