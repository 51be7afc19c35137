namespace Rekey.Exposures;

/// <summary>What a departed person could have done with a key.</summary>
public enum ExposureGrade
{
    /// <summary>They could use it where it is. Needs positive proof that it never left.</summary>
    Usable,

    /// <summary>The private key may be in their pocket.</summary>
    Extractable,
}

/// <summary>One reason why a key is exposed.</summary>
/// <param name="Kind">Such as <c>custodian</c>.</param>
/// <param name="Detail">A plain sentence with object ids only.</param>
public sealed record ExposureReason(string Kind, string Detail);

/// <summary>One key that a departed person could have used or taken, with the reasons and a grade.</summary>
public sealed record Exposure(string KeyId, IReadOnlyList<ExposureReason> Reasons, ExposureGrade Grade);
