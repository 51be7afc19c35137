namespace Rekey.Trust.Documents;

/// <summary>A kind of published document.</summary>
/// <param name="Name">Its name in the container.</param>
/// <param name="MaxBytes">An upper limit for what Rekey writes under this name; a larger document is not downloaded.</param>
public sealed record DocumentKind(string Name, string ContentType, int MaxBytes);
