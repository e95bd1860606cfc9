{{ staged_own_groups('kostra_social_assistance_by_group', {
    'recipients_persons': 'recipients_status',
    'benefit_months_count': 'benefit_months_status',
    'grant_nok': 'grant_status',
    'loan_nok': 'loan_status',
    'settled_persons': 'settled_status',
}) }}
