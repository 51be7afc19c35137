namespace Rekey.Cli.Gateways;

/// <summary>What a gateway did with a case.</summary>
internal enum CaseState
{
    /// <summary>What it should do.</summary>
    Ok,

    /// <summary>It let in what must be refused.</summary>
    LetIn,

    /// <summary>Its answer says more than <c>invalid_token</c>, or something else.</summary>
    Tells,

    /// <summary>It failed: the answer is neither a refusal nor the one of an honest token.</summary>
    Failed,

    /// <summary>It could not be tried; the words say why.</summary>
    NotTried,
}
