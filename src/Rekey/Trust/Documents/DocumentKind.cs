namespace Rekey.Trust.Documents;

/// <summary>A kind of published document.</summary>
/// <param name="Name">Its name in the container.</param>
/// <param name="MaxBytes">Larger than anything that Rekey writes under this name; what exceeds it is not downloaded.</param>
public sealed record DocumentKind(string Name, string ContentType, int MaxBytes);
